//go:build goexperiment.simd && go1.27

#include "textflag.h"

// Each kernel goes over n > 0 registers, with CX from -32·n up to 0. Results are stored by
// VMOVUPS: the compiler's VMOVDQU, for integers, takes Zen 2 twice as long here.

#define ENDS(n) \
	MOVQ dst+0(FP), DI \
	MOVQ a+8(FP), SI   \
	MOVQ n, CX         \
	SHLQ $5, CX        \
	ADDQ CX, DI        \
	ADDQ CX, SI        \
	NEGQ CX

#define TWO \
	ENDS(n+24(FP))     \
	MOVQ b+16(FP), DX  \
	SUBQ CX, DX

#define NEXT(loop) \
	VMOVUPS Y0, (DI)(CX*1) \
	ADDQ $32, CX       \
	JNZ  loop          \
	VZEROUPPER         \
	RET

#define BINARY(op) \
	VMOVUPS (SI)(CX*1), Y0 \
	op      (DX)(CX*1), Y0, Y0

// func addAVX2(dst, a, b *float32, n int)
TEXT ·addAVX2(SB), NOSPLIT, $0-32
	TWO
loop:
	BINARY(VADDPS)
	NEXT(loop)

// func subAVX2(dst, a, b *float32, n int)
TEXT ·subAVX2(SB), NOSPLIT, $0-32
	TWO
loop:
	BINARY(VSUBPS)
	NEXT(loop)

// func mulAVX2(dst, a, b *float32, n int)
TEXT ·mulAVX2(SB), NOSPLIT, $0-32
	TWO
loop:
	BINARY(VMULPS)
	NEXT(loop)

// func divAVX2(dst, a, b *float32, n int)
TEXT ·divAVX2(SB), NOSPLIT, $0-32
	TWO
loop:
	BINARY(VDIVPS)
	NEXT(loop)

// func maxAVX2(dst, a, b *float32, n int)
// a > b ? a : b
TEXT ·maxAVX2(SB), NOSPLIT, $0-32
	TWO
loop:
	BINARY(VMAXPS)
	NEXT(loop)

// func minAVX2(dst, a, b *float32, n int)
// a < b ? a : b
TEXT ·minAVX2(SB), NOSPLIT, $0-32
	TWO
loop:
	BINARY(VMINPS)
	NEXT(loop)

// func lessAVX2(dst, a, b *float32, n int)
// a < b ? 1 : 0
TEXT ·lessAVX2(SB), NOSPLIT, $0-32
	TWO
	MOVL $0x3F800000, AX
	VMOVD AX, X1
	VBROADCASTSS X1, Y1
loop:
	VMOVUPS (SI)(CX*1), Y0
	VCMPPS $1, (DX)(CX*1), Y0, Y0
	VANDPS Y1, Y0, Y0
	NEXT(loop)

// func whereAVX2(dst, a, b, c *float32, n int)
// a ≠ 0 ? b : c
TEXT ·whereAVX2(SB), NOSPLIT, $0-40
	ENDS(n+32(FP))
	MOVQ b+16(FP), DX
	MOVQ c+24(FP), R8
	SUBQ CX, DX
	SUBQ CX, R8
	VXORPS Y1, Y1, Y1
loop:
	VCMPPS $4, (SI)(CX*1), Y1, Y2
	VMOVUPS (R8)(CX*1), Y0
	VBLENDVPS Y2, (DX)(CX*1), Y0, Y0
	NEXT(loop)

// func clampAVX2(dst, a *float32, low, high float32, n int)
// a < low ? low : a, then high < a ? high : a
TEXT ·clampAVX2(SB), NOSPLIT, $0-32
	ENDS(n+24(FP))
	VBROADCASTSS low+16(FP), Y1
	VBROADCASTSS high+20(FP), Y2
loop:
	VMAXPS (SI)(CX*1), Y1, Y0
	VMINPS Y0, Y2, Y0
	NEXT(loop)
