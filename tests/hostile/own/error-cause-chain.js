exports.handler = function () {
  let e = new Error('0');
  for (let i = 0; i < 1e4; i++) e = new Error(String(i), { cause: e });
  e.stack = { toString() { throw e; } };
  throw e;
};
