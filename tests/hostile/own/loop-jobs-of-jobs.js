exports.handler = function () {
  const again = () => Promise.resolve().then(again);
  again();
};
