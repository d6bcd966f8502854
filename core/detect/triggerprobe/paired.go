package triggerprobe

import "math"

// paired counts rows by two answers to the same input: whether the target was
// predicted with the trigger, and whether without it.
type paired struct {
	both, onlyTriggered, onlyPlain, neither float64 // whole numbers, except in sizes
}

func (p *paired) add(triggered, plain bool) {
	switch {
	case triggered && plain:
		p.both++
	case triggered:
		p.onlyTriggered++
	case plain:
		p.onlyPlain++
	default:
		p.neither++
	}
}

func (p paired) rows() float64 { return p.both + p.onlyTriggered + p.onlyPlain + p.neither }

// success is the attack success rate: the share with the trigger.
func (p paired) success() float64 { return ratio(p.both+p.onlyTriggered, p.rows()) }

// baseline is the share without the trigger.
func (p paired) baseline() float64 { return ratio(p.both+p.onlyPlain, p.rows()) }

func (p paired) difference() float64 { return ratio(p.onlyTriggered-p.onlyPlain, p.rows()) }

func ratio(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}

// interval is a confidence interval.
type interval struct{ low, high float64 }

func (i interval) contains(v float64) bool { return i.low <= v && v <= i.high }

// normal95 is the 97.5 % point of the normal distribution.
const normal95 = 1.959963984540054

// wilson is Wilson's score interval of a share, 95 % ("Probable inference, the
// law of succession, and statistical inference", 1927).
func wilson(part, whole float64) interval {
	if whole == 0 {
		return interval{0, 1}
	}
	p, z2 := part/whole, normal95*normal95
	centre := p + z2/(2*whole)
	half := normal95 * math.Sqrt(p*(1-p)/whole+z2/(4*whole*whole))
	return interval{max((centre-half)/(1+z2/whole), 0), min((centre+half)/(1+z2/whole), 1)}
}

// newcombe is the 95 % interval of the difference of two paired shares: method
// 10 of Newcombe, "Improved confidence intervals for the difference between
// binomial proportions based on paired data", 1998. It squares and adds the
// distances to the ends of the Wilson intervals, less what the correlation of
// the pairs takes away.
func (p paired) newcombe() interval {
	n := p.rows()
	if n == 0 {
		return interval{-1, 1}
	}
	s, b, d, phi := p.success(), p.baseline(), p.difference(), p.correlation()
	ws, wb := wilson(s*n, n), wilson(b*n, n)
	reach := func(x, y float64) float64 { return math.Sqrt(max(x*x-2*phi*x*y+y*y, 0)) }
	return interval{max(d-reach(s-ws.low, wb.high-b), -1), min(d+reach(ws.high-s, b-wb.low), 1)}
}

// correlation is the phi coefficient of the pairs, 0 where a margin is empty.
// Newcombe lowers a positive one by a correction for continuity. It is left
// out here, as it was where the tables that this is tested on were made; with
// it, intervals are wider by some parts in a thousand.
func (p paired) correlation() float64 {
	margins := (p.both + p.onlyTriggered) * (p.onlyPlain + p.neither) * (p.both + p.onlyPlain) * (p.onlyTriggered + p.neither)
	if margins == 0 {
		return 0
	}
	return (p.both*p.neither - p.onlyTriggered*p.onlyPlain) / math.Sqrt(margins)
}

// mcnemar is the exact two-sided p-value for "the trigger changes nothing":
// a binomial test of the rows that changed (McNemar, 1947).
func (p paired) mcnemar() float64 {
	n, k := p.onlyTriggered+p.onlyPlain, min(p.onlyTriggered, p.onlyPlain)
	if 2*k >= n {
		return 1
	}
	ln, _ := math.Lgamma(n + 1)
	lk, _ := math.Lgamma(k + 1)
	lr, _ := math.Lgamma(n - k + 1)
	term, total := math.Exp(ln-lk-lr-n*math.Ln2), 0.0
	for i := k; i >= 0 && term > total*1e-17; i-- {
		total += term
		term *= i / (n - i + 1)
	}
	return min(2*total, 1)
}

// scaled is p with the same shares in n rows.
func (p paired) scaled(n float64) paired {
	f := n / p.rows()
	return paired{p.both * f, p.onlyTriggered * f, p.onlyPlain * f, p.neither * f}
}
