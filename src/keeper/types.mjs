// Writes the table of content types by file extension, as the npm package mime 1.6.0 has them: that is what
// the original serves assets with. Text carries its charset the way it does there, by the start of the type.
//
//   node types.mjs OUTPUT.c
import { writeFileSync } from 'node:fs';
import mime from 'mime';

const withCharset = (type) => (mime.charsets.lookup(type) ? `${type}; charset=${mime.charsets.lookup(type)}` : type);
const quote = (s) => {
  if (!/^[\w.+;= /-]*$/.test(s)) throw new Error(`cannot stand in a C string: ${s}`);
  return `"${s}"`;
};
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const rows = Object.keys(mime.types).sort(byBytes).map((ext) => `\t{ ${quote(ext)}, ${quote(withCharset(mime.types[ext]))} },\n`);

writeFileSync(process.argv[2], `/* Made by types.mjs of mime 1.6.0. */\n#include "keeper/types.h"\n
const struct rk_type_row rk_type_rows[] = {\n${rows.join('')}};\nconst size_t rk_type_row_n = sizeof(rk_type_rows) / sizeof(*rk_type_rows);\n`);
