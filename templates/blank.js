// Runs for every request to this function's address.
//   context  the variables of .env, and about the service: context.DOMAIN_NAME, context.PATH
//   event    what the request brings: query, form or JSON fields; event.request.headers and .cookies
//   callback(error, answer) ends it. Text goes out as text/plain, an object as JSON.
exports.handler = function (context, event, callback) {
  callback(null, { hello: event.name || 'world' });
};
