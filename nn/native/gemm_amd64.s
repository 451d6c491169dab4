//go:build goexperiment.simd && go1.27

#include "go_asm.h"
#include "textflag.h"

// ROW adds the element at a times the two registers of b to the sums of a row.
#define ROW(a, sum0, sum1) \
	VBROADCASTSS a, Y10   \
	VMULPS Y8, Y10, Y11   \
	VADDPS Y11, sum0, sum0 \
	VMULPS Y9, Y10, Y10   \
	VADDPS Y10, sum1, sum1

// CLAMP is x < low ? low : x, then high < x ? high : x; NaN and -0 stay as they are.
#define CLAMP(x) \
	VMAXPS x, Y10, x \
	VMINPS x, Y11, x

// func tileAVX2(dst []float32, ldd int, a []float32, rows *[tileM]int, step int, runs []run, b []float32, bs int, first bool, end *finish)
TEXT ·tileAVX2(SB), NOSPLIT, $0-144
	MOVQ dst_base+0(FP), DI
	MOVQ ldd+24(FP), R14
	SHLQ $2, R14
	LEAQ (R14)(R14*2), R15
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	CMPB first+128(FP), $0
	JNE  ready
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS (DI)(R14*1), Y2
	VMOVUPS 32(DI)(R14*1), Y3
	VMOVUPS (DI)(R14*2), Y4
	VMOVUPS 32(DI)(R14*2), Y5
	VMOVUPS (DI)(R15*1), Y6
	VMOVUPS 32(DI)(R15*1), Y7

ready:
	MOVQ runs_base+72(FP), BX
	MOVQ runs_len+80(FP), DX
	MOVQ a_base+32(FP), AX
	MOVQ rows+56(FP), CX
	MOVQ 0(CX), R8
	MOVQ 8(CX), R9
	MOVQ 16(CX), R10
	MOVQ 24(CX), R11
	LEAQ (AX)(R8*4), R8
	LEAQ (AX)(R9*4), R9
	LEAQ (AX)(R10*4), R10
	LEAQ (AX)(R11*4), R11
	MOVQ b_base+96(FP), SI
	MOVQ step+64(FP), R12
	SHLQ $2, R12
	MOVQ bs+120(FP), R13
	SHLQ $2, R13

nextRun:
	DECQ DX
	JLT  finish
	MOVQ 0(BX), AX // run.at
	SHLQ $2, AX
	MOVQ 8(BX), CX // run.n
	ADDQ $16, BX

	PCALIGN $32
column:
	VMOVUPS (SI), Y8
	VMOVUPS 32(SI), Y9
	ROW((R8)(AX*1), Y0, Y1)
	ROW((R9)(AX*1), Y2, Y3)
	ROW((R10)(AX*1), Y4, Y5)
	ROW((R11)(AX*1), Y6, Y7)
	ADDQ R12, AX
	ADDQ R13, SI
	DECQ CX
	JNZ  column
	JMP  nextRun

finish:
	MOVQ  end+136(FP), AX
	TESTQ AX, AX
	JEQ   store
	MOVQ  finish_bias(AX), CX
	TESTQ CX, CX
	JEQ   clamp
	VMOVUPS (CX), Y8
	VMOVUPS 32(CX), Y9
	VADDPS Y8, Y0, Y0
	VADDPS Y9, Y1, Y1
	VADDPS Y8, Y2, Y2
	VADDPS Y9, Y3, Y3
	VADDPS Y8, Y4, Y4
	VADDPS Y9, Y5, Y5
	VADDPS Y8, Y6, Y6
	VADDPS Y9, Y7, Y7

clamp:
	CMPB finish_clamp(AX), $0
	JEQ  store
	VBROADCASTSS finish_low(AX), Y10
	VBROADCASTSS finish_high(AX), Y11
	CLAMP(Y0)
	CLAMP(Y1)
	CLAMP(Y2)
	CLAMP(Y3)
	CLAMP(Y4)
	CLAMP(Y5)
	CLAMP(Y6)
	CLAMP(Y7)

store:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, (DI)(R14*1)
	VMOVUPS Y3, 32(DI)(R14*1)
	VMOVUPS Y4, (DI)(R14*2)
	VMOVUPS Y5, 32(DI)(R14*2)
	VMOVUPS Y6, (DI)(R15*1)
	VMOVUPS Y7, 32(DI)(R15*1)
	VZEROUPPER
	RET

// WIDE adds the element in Y10 times the register of b at off to a sum.
#define WIDE(off, sum) \
	VMULPS off(SI), Y10, Y11 \
	VADDPS Y11, sum, sum

// func wideRowAVX2(dst []float32, a []float32, step int, b []float32, ld, k int)
TEXT ·wideRowAVX2(SB), NOSPLIT, $0-96
	MOVQ dst_base+0(FP), DI
	MOVQ a_base+24(FP), R8
	MOVQ step+48(FP), R12
	MOVQ b_base+56(FP), SI
	MOVQ ld+80(FP), R13
	MOVQ k+88(FP), CX
	SHLQ $2, R12
	SHLQ $2, R13
	LEAQ (SI)(R13*8), DX // rows to come, which are far apart
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7

row:
	PREFETCHT0 (DX)
	PREFETCHT0 64(DX)
	PREFETCHT0 128(DX)
	PREFETCHT0 192(DX)
	VBROADCASTSS (R8), Y10
	WIDE(0, Y0)
	WIDE(32, Y1)
	WIDE(64, Y2)
	WIDE(96, Y3)
	WIDE(128, Y4)
	WIDE(160, Y5)
	WIDE(192, Y6)
	WIDE(224, Y7)
	ADDQ R12, R8
	ADDQ R13, SI
	ADDQ R13, DX
	DECQ CX
	JNZ  row

	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	VZEROUPPER
	RET
