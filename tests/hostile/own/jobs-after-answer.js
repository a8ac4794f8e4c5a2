exports.handler = async function (context, event, callback) {
  callback(null, 'ok');
  for (;;) await undefined;
};
