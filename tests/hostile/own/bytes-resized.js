exports.handler = function (context, event, callback) {
  const b = new ArrayBuffer(64, { maxByteLength: 1 << 20 }), r = new Twilio.Response();
  r.setBody({ get length() { b.resize(0); return 64; }, toJSON() { b.resize(1 << 20); b.resize(0); return Array.from(new Uint8Array(b)); } });
  callback(null, r);
};
