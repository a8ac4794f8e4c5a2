exports.handler = function () {
  const e = new Error('x');
  Object.defineProperty(e, 'message', { get() { return this.message; } });
  Object.defineProperty(e, 'stack', { get() { return this.stack; } });
  throw e;
};
