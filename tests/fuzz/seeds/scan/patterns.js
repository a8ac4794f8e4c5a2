const { A: { b }, "C": [d = { e: "}" }] = 1 } = context, { F } =
process
.env