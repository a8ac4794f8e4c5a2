exports.handler = function (context, event, callback) {
  const r = new Twilio.Response();
  r.setHeaders({ 'X-A': ['1\r\nX-Injected: 1', '2'], 'Content-Length': '5', 'Transfer-Encoding': 'chunked', Connection: 'upgrade', Date: 'x' });
  r.setBody('more than five bytes');
  callback(null, r);
};
