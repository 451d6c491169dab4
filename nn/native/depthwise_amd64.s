//go:build goexperiment.simd && go1.27

#include "go_asm.h"
#include "textflag.h"

#define CLAMP(x) \
	VMAXPS x, Y10, x \
	VMINPS x, Y11, x

// func dotTapsAVX2(dst []float32, n int, x []float32, step int, k []float32, taps []int, channels int, end *finish)
TEXT ·dotTapsAVX2(SB), NOSPLIT, $0-128
	MOVQ dst_base+0(FP), DI
	MOVQ n+24(FP), R14
	MOVQ x_base+32(FP), SI
	MOVQ step+56(FP), R13
	MOVQ k_base+64(FP), R12
	MOVQ channels+112(FP), R15
	SHLQ $2, R14
	SHLQ $2, R13
	LEAQ (R13)(R13*2), R11
	VXORPS Y10, Y10, Y10
	MOVQ end+120(FP), AX
	TESTQ AX, AX
	JEQ  block
	VBROADCASTSS finish_low(AX), Y10
	VBROADCASTSS finish_high(AX), Y11

block: // of 8 channels
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	MOVQ taps_base+88(FP), BX
	MOVQ taps_len+96(FP), CX
	MOVQ R12, DX

tap:
	MOVQ (BX), R8
	LEAQ (SI)(R8*4), R8
	VMOVUPS (DX), Y4
	VMULPS (R8), Y4, Y5
	VADDPS Y5, Y0, Y0
	VMULPS (R8)(R13*1), Y4, Y6
	VADDPS Y6, Y1, Y1
	VMULPS (R8)(R13*2), Y4, Y7
	VADDPS Y7, Y2, Y2
	VMULPS (R8)(R11*1), Y4, Y8
	VADDPS Y8, Y3, Y3
	ADDQ $8, BX
	ADDQ R14, DX
	DECQ CX
	JNZ  tap

	TESTQ AX, AX
	JEQ  store
	MOVQ finish_bias(AX), CX
	TESTQ CX, CX
	JEQ  clamp
	MOVQ DI, DX
	SUBQ dst_base+0(FP), DX // of the channel
	VMOVUPS (CX)(DX*1), Y4
	VADDPS Y4, Y0, Y0
	VADDPS Y4, Y1, Y1
	VADDPS Y4, Y2, Y2
	VADDPS Y4, Y3, Y3

clamp:
	CMPB finish_clamp(AX), $0
	JEQ  store
	CLAMP(Y0)
	CLAMP(Y1)
	CLAMP(Y2)
	CLAMP(Y3)

store:
	LEAQ (DI)(R14*2), DX
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, (DI)(R14*1)
	VMOVUPS Y2, (DX)
	VMOVUPS Y3, (DX)(R14*1)
	ADDQ $32, DI
	ADDQ $32, SI
	ADDQ $32, R12
	SUBQ $8, R15
	JGT  block
	VZEROUPPER
	RET
