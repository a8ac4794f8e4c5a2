exports.handler = function (context, event, callback) {
  for (const k of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[k]; } catch (e) {}
  callback(null, 'deleted');
};
