// SPDX-License-Identifier: Apache-2.0
// Checks compilers call with private register contracts, so they cannot be C: the stack cookie (nothing but rcx may change) and
// the stack probe of MinGW code (nothing may change).
    .text

    .globl __security_check_cookie
    .def __security_check_cookie; .scl 2; .type 32; .endef
__security_check_cookie:
    cmpq __security_cookie(%rip), %rcx
    jne 1f
    rolq $16, %rcx
    testw $0xffff, %cx
    jne 1f
    ret
1:
    movl $2, %ecx               // FAST_FAIL_STACK_COOKIE_CHECK_FAILURE
    int $0x29

    // rax = size of the frame about to be allocated; touch each of its pages.
    .globl ___chkstk_ms
    .def ___chkstk_ms; .scl 2; .type 32; .endef
___chkstk_ms:
    pushq %rcx
    pushq %rax
    cmpq $0x1000, %rax
    leaq 24(%rsp), %rcx
    jb 2f
1:
    subq $0x1000, %rcx
    orq $0, (%rcx)
    subq $0x1000, %rax
    cmpq $0x1000, %rax
    ja 1b
2:
    subq %rax, %rcx
    orq $0, (%rcx)
    popq %rax
    popq %rcx
    ret
