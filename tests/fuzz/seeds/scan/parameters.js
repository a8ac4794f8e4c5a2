exports.handler = async ({ A, B = `x${process.env.C}`, ...rest }, { id }, cb) => { if (rest) /['"/]/.test(context?.["D"] ?? 1); };
