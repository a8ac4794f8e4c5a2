exports.handler = function (context, event, callback) {
  callback(null, 'ok');
  const h = 'a'.repeat(4e6), n = 'a'.repeat(2e6) + 'b';
  for (;;) h.indexOf(n);
};
