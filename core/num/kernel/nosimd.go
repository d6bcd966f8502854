//go:build !js || !simd

package kernel

type loops = plain
