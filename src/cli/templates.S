/*
 * templates.S - the files that `roomkey init` and `roomkey new` write, as bytes of the executable: a label at
 * the start and one at the end of each.
 */
	.macro template label, file
	.global rk_template_\label, rk_template_\label\()_end
rk_template_\label:
	.incbin "\file"
rk_template_\label\()_end:
	.endm

	.section .rodata
	template blank, "blank.js"
	template video, "video-token.js"
	template voice, "voice-token.js"
	template chat, "chat-token.js"
	template sync, "sync-token.js"
	template sms, "sms-reply.js"
	template tutorial, "create-room-token.js"
	template page, "project/index.html"
	template env, "project/env"
	template gitignore, "project/gitignore"
	.section .note.GNU-stack,"",%progbits
