// SPDX-License-Identifier: Apache-2.0
// Functions with frames, scope tables and handlers as other compilers make them.
    .section .rdata, "dr"
text_try:          .asciz "try"
text_not_reached:  .asciz "not reached"
text_finally:      .asciz "finally"
text_inner:        .asciz "inner finally"
text_outer:        .asciz "outer finally"
text_target:       .asciz "target"
text_rbx:          .asciz "rbx"
text_except:       .asciz "except"
text_wrong:        .asciz "wrong except"
text_value:        .asciz "value"
text_kept:         .asciz "xmm6 kept"
text_lost:         .asciz "xmm6 lost"
    .text

.macro SAY text
    leaq \text(%rip), %rcx
    call mark
.endm

    // int read_through_rcx(volatile int*): a leaf function without unwind data
    .globl read_through_rcx, read_through_rcx_end
read_through_rcx:
    movl (%rcx), %eax
read_through_rcx_end:
    ret

    // The bodies of __finally blocks: (abnormal, frame)
.macro FINALLY name text
    .seh_proc \name
\name:
    subq $40, %rsp
    .seh_stackalloc 40
    .seh_endprologue
    SAY \text
    addq $40, %rsp
    ret
    .seh_endproc
.endm
    FINALLY say_finally text_finally
    FINALLY say_inner text_inner
    FINALLY say_outer text_outer

    // `return` out of __try, as MSVC compiles it
    .globl leave_by_local_unwind
    .seh_proc leave_by_local_unwind
leave_by_local_unwind:
    pushq %rbx
    .seh_pushreg %rbx
    subq $48, %rsp
    .seh_stackalloc 48
    .seh_endprologue
    movl $0x1234, %ebx
    .p2align 4
1:  SAY text_try
    movq %rsp, %rcx
    leaq 3f(%rip), %rdx
    call _local_unwind
    nop
2:  SAY text_not_reached
3:  SAY text_target
    leaq text_rbx(%rip), %rcx
    movq %rbx, %rdx
    call mark_number
    addq $48, %rsp
    popq %rbx
    ret
    .seh_handler __C_specific_handler, @except, @unwind
    .seh_handlerdata
    .long 1
    .long 1b@IMGREL, 2b@IMGREL, say_finally@IMGREL, 0
    .text
    .seh_endproc

    // The same out of the inner of two blocks, to between them: only the inner one is left.
    .globl leave_two_scopes_by_local_unwind
    .seh_proc leave_two_scopes_by_local_unwind
leave_two_scopes_by_local_unwind:
    subq $40, %rsp
    .seh_stackalloc 40
    .seh_endprologue
1:  SAY text_try
2:  movq %rsp, %rcx
    leaq 4f(%rip), %rdx
    call _local_unwind
    nop
3:  SAY text_not_reached
4:  SAY text_target
    movq %rsp, %rcx
    leaq 6f(%rip), %rdx
    call _local_unwind
    nop
5:  SAY text_not_reached
6:  SAY text_target
    addq $40, %rsp
    ret
    .seh_handler __C_specific_handler, @except, @unwind
    .seh_handlerdata
    .long 2
    .long 2b@IMGREL, 3b@IMGREL, say_inner@IMGREL, 0
    .long 1b@IMGREL, 5b@IMGREL, say_outer@IMGREL, 0
    .text
    .seh_endproc

    // A language handler that does its own work and then asks the imported one, as the checks of
    // stack cookies do
    .seh_proc forwarding_handler
forwarding_handler:
    pushq %rbx
    .seh_pushreg %rbx
    subq $32, %rsp
    .seh_stackalloc 32
    .seh_endprologue
    movq %r9, %rbx
    call __C_specific_handler
    addq $32, %rsp
    popq %rbx
    ret
    .seh_endproc

    .globl guarded_by_forwarding_handler
    .seh_proc guarded_by_forwarding_handler
guarded_by_forwarding_handler:
    subq $40, %rsp
    .seh_stackalloc 40
    .seh_endprologue
1:  SAY text_try
2:  movl $16, %ecx
    call read_int
    nop
3:  SAY text_not_reached
4:  SAY text_except
    addq $40, %rsp
    ret
    .seh_handler forwarding_handler, @except, @unwind
    .seh_handlerdata
    .long 2
    .long 2b@IMGREL, 3b@IMGREL, say_finally@IMGREL, 0
    .long 1b@IMGREL, 3b@IMGREL, 1, 4b@IMGREL
    .text
    .seh_endproc

    // A frame register other than rbp, above a frame that grows
    .globl frame_in_r13
    .seh_proc frame_in_r13
frame_in_r13:
    pushq %r13
    .seh_pushreg %r13
    subq $64, %rsp
    .seh_stackalloc 64
    leaq 32(%rsp), %r13
    .seh_setframe %r13, 32
    .seh_endprologue
    subq $256, %rsp
    movq $0x55, 8(%r13)
1:  SAY text_try
    movl $16, %ecx
    call read_int
    nop
2:  SAY text_not_reached
3:  leaq text_value(%rip), %rcx
    movq 8(%r13), %rdx
    call mark_number
    leaq 32(%r13), %rsp
    popq %r13
    ret
    .seh_handler __C_specific_handler, @except, @unwind
    .seh_handlerdata
    .long 1
    .long 1b@IMGREL, 2b@IMGREL, 1, 3b@IMGREL
    .text
    .seh_endproc

    // Its scope covers the prologue, where no handler is asked
    .globl faults_in_prologue
    .seh_proc faults_in_prologue
faults_in_prologue:
1:  pushq %rbx
    .seh_pushreg %rbx
    pushq %rsi
    .seh_pushreg %rsi
    movl $0xbad, %ebx
    movl $0xbad, %esi
    movl (%rcx), %eax
    subq $40, %rsp
    .seh_stackalloc 40
    .seh_endprologue
2:  SAY text_not_reached
3:  SAY text_wrong
    addq $40, %rsp
    popq %rsi
    popq %rbx
    ret
    .seh_handler __C_specific_handler, @except, @unwind
    .seh_handlerdata
    .long 1
    .long 1b@IMGREL, 2b@IMGREL, 1, 3b@IMGREL
    .text
    .seh_endproc

    // The part behind the branch saves more registers, in unwind data of its own that is chained to
    // the first part's. Written by hand: the assembler would let the two overlap.
    .globl faults_in_chained_part
faults_in_chained_part:
    pushq %rbx
    subq $32, %rsp
    movl $0xbad, %ebx
    testq %rcx, %rcx
    jne chained_part
1:  addq $32, %rsp
    popq %rbx
    ret
chained_part:
    pushq %rsi
    subq $40, %rsp
    movl $0xbad, %esi
    call read_int
    nop
    addq $40, %rsp
    popq %rsi
    jmp 1b
chained_part_end:
    .section .xdata, "dr"
    .p2align 2
first_part_data:
    .byte 1, 5, 2, 0            // version 1; prologue of 5 bytes; 2 codes; no frame register
    .byte 5, 0x32, 1, 0x30      // 32 bytes allocated; rbx pushed
chained_part_data:
    .byte 0x21, 5, 2, 0         // the same, chained
    .byte 5, 0x42, 1, 0x60      // 40 bytes allocated; rsi pushed
    .long faults_in_chained_part@IMGREL, chained_part@IMGREL, first_part_data@IMGREL
    .section .pdata, "dr"
    .p2align 2
    .long faults_in_chained_part@IMGREL, chained_part@IMGREL, first_part_data@IMGREL
    .long chained_part@IMGREL, chained_part_end@IMGREL, chained_part_data@IMGREL
    .text

    .seh_proc spoils_xmm6
spoils_xmm6:
    subq $56, %rsp
    .seh_stackalloc 56
    movaps %xmm6, 32(%rsp)
    .seh_savexmm %xmm6, 32
    .seh_endprologue
    pxor %xmm6, %xmm6
    call read_int
    nop
    movaps 32(%rsp), %xmm6
    addq $56, %rsp
    ret
    .seh_endproc

    .globl keeps_xmm6
    .seh_proc keeps_xmm6
keeps_xmm6:
    subq $56, %rsp
    .seh_stackalloc 56
    movaps %xmm6, 32(%rsp)
    .seh_savexmm %xmm6, 32
    .seh_endprologue
    pcmpeqd %xmm6, %xmm6
1:  call spoils_xmm6
    nop
2:  SAY text_not_reached
3:  SAY text_except
    movq %xmm6, %rax
    cmpq $-1, %rax
    jne 4f
    psrldq $8, %xmm6
    movq %xmm6, %rax
    cmpq $-1, %rax
    jne 4f
    SAY text_kept
    jmp 5f
4:  SAY text_lost
5:  movaps 32(%rsp), %xmm6
    addq $56, %rsp
    ret
    .seh_handler __C_specific_handler, @except, @unwind
    .seh_handlerdata
    .long 1
    .long 1b@IMGREL, 2b@IMGREL, 1, 3b@IMGREL
    .text
    .seh_endproc

    // own_handler unwinds to the place in its data, with a value
    .globl guarded_by_own_handler
    .seh_proc guarded_by_own_handler
guarded_by_own_handler:
    subq $40, %rsp
    .seh_stackalloc 40
    .seh_endprologue
    call read_below_own_handler
    nop
    SAY text_not_reached
1:  movq %rax, %rdx
    leaq text_value(%rip), %rcx
    call mark_number
    addq $40, %rsp
    ret
    .seh_handler own_handler, @except, @unwind
    .seh_handlerdata
    .long 1b@IMGREL
    .text
    .seh_endproc
