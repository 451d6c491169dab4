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

// PRODUCTS adds x at a times the two registers of dy to two sums.
#define PRODUCTS(a, sum0, sum1) \
	VMULPS (a), Y6, Y8     \
	VADDPS Y8, sum0, sum0 \
	VMULPS 32(a), Y7, Y9   \
	VADDPS Y9, sum1, sum1

// func addProductsAVX2(sums []float32, n int, x []float32, step int, taps *[3]int, dy []float32, count int)
TEXT ·addProductsAVX2(SB), NOSPLIT, $0-104
	MOVQ sums_base+0(FP), DI
	MOVQ n+24(FP), R14
	MOVQ x_base+32(FP), SI
	MOVQ step+56(FP), R13
	MOVQ taps+64(FP), BX
	MOVQ dy_base+72(FP), DX
	MOVQ count+96(FP), CX
	SHLQ $2, R14
	SHLQ $2, R13
	MOVQ 0(BX), R8
	MOVQ 8(BX), R9
	MOVQ 16(BX), R10
	LEAQ (SI)(R8*4), R8
	LEAQ (SI)(R9*4), R9
	LEAQ (SI)(R10*4), R10
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS (DI)(R14*1), Y2
	VMOVUPS 32(DI)(R14*1), Y3
	VMOVUPS (DI)(R14*2), Y4
	VMOVUPS 32(DI)(R14*2), Y5

position:
	VMOVUPS (DX), Y6
	VMOVUPS 32(DX), Y7
	PRODUCTS(R8, Y0, Y1)
	PRODUCTS(R9, Y2, Y3)
	PRODUCTS(R10, Y4, Y5)
	ADDQ R13, R8
	ADDQ R13, R9
	ADDQ R13, R10
	ADDQ R14, DX
	DECQ CX
	JNZ  position

	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, (DI)(R14*1)
	VMOVUPS Y3, 32(DI)(R14*1)
	VMOVUPS Y4, (DI)(R14*2)
	VMOVUPS Y5, 32(DI)(R14*2)
	VZEROUPPER
	RET
