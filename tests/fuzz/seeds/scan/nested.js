`${`${`${a}`}{}` /* */ + "\
" + process.env['E'] // x
}`/context.F/2