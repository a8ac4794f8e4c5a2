/*
 * boot.S - the JavaScript of the worker (js/, made into one script by js/build.mjs), as bytes of the executable.
 * The script is "var rk_boot=<expression>;": without its first 12 bytes its value is that expression, and no
 * global variable, which could never be deleted, is made.
 */
	.section .rodata
	.global rk_boot_js, rk_boot_js_end
	.balign 16
rk_boot_js:
	.incbin RK_BOOT_FILE, 12
rk_boot_js_end:
	.byte 0
	.section .note.GNU-stack,"",%progbits
