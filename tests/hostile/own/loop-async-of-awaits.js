exports.handler = async function () {
  for (;;) await null;
};
