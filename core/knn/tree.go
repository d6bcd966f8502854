package knn

// leafRows is the most rows of a leaf.
const leafRows = 64

// node is a part of the points, [lo, hi), and the box around their coarse
// signatures.
type node struct {
	lo, hi      int
	left, right *node // nil in a leaf
	min, max    [coarseDims]float32
	worst       float32 // largest limit of its points, see search
	leaf        *leaf   // of a leaf
}

func (n *node) size() int { return n.hi - n.lo }

// lift takes the limit of n from its halves.
func (n *node) lift() { n.worst = larger(n.left.worst, n.right.worst) }

// grow brings the points in the order of a tree: each node is halved along the
// side of its box that is longest.
func (p *points) grow() *node {
	order := make([]int32, len(p.rows))
	for i := range order {
		order[i] = int32(i)
	}
	root := p.split(order, 0)
	p.reorder(order)
	p.ready(root, 0)
	return root
}

// ready prepares the leaves of n, which are numbered from first, and returns
// the number that follows.
func (p *points) ready(n *node, first int) int {
	if n.left == nil {
		n.leaf = newLeaf(p, n)
		n.leaf.number = first
		return first + 1
	}
	return p.ready(n.right, p.ready(n.left, first))
}

func (p *points) split(order []int32, lo int) *node {
	n := &node{lo: lo, hi: lo + len(order), worst: unlimited}
	p.box(n, order)
	if len(order) <= leafRows {
		return n
	}
	axis := 0
	for j := range n.max {
		if n.max[j]-n.min[j] > n.max[axis]-n.min[axis] {
			axis = j
		}
	}
	half := len(order) / 2
	p.halve(order, half, axis)
	n.left, n.right = p.split(order[:half], lo), p.split(order[half:], lo+half)
	return n
}

func (p *points) box(n *node, order []int32) {
	n.min, n.max = *p.coarseOf(int(order[0])), *p.coarseOf(int(order[0]))
	for _, i := range order[1:] {
		for j, v := range p.coarseOf(int(i)) {
			n.min[j], n.max[j] = min(n.min[j], v), max(n.max[j], v)
		}
	}
}

func (p *points) coarseOf(i int) *[coarseDims]float32 {
	return (*[coarseDims]float32)(p.coarse[i*coarseDims:])
}

// halve puts the half smallest values along axis first (Hoare's selection).
func (p *points) halve(order []int32, half, axis int) {
	at := func(i int) float32 { return p.coarse[int(order[i])*coarseDims+axis] }
	for lo, hi := 0, len(order)-1; lo < hi; {
		pivot := at(lo + (hi-lo)/2)
		i, j := lo, hi
		for i <= j {
			for at(i) < pivot {
				i++
			}
			for at(j) > pivot {
				j--
			}
			if i <= j {
				order[i], order[j] = order[j], order[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case half <= j:
			hi = j
		case half >= i:
			lo = i
		default:
			return
		}
	}
}

func (p *points) reorder(order []int32) {
	p.rows, p.length, p.scale = gather(p.rows, order, 1), gather(p.length, order, 1), gather(p.scale, order, 1)
	p.coarse = gather(p.coarse, order, coarseDims)
	if p.fine != nil {
		p.fine = gather(p.fine, order, fineDims)
	}
}

// gather copies records of width values in the given order.
func gather[T any](from []T, order []int32, width int) []T {
	out := make([]T, len(from))
	for to, i := range order {
		copy(out[to*width:(to+1)*width], from[int(i)*width:])
	}
	return out
}

// apart is half the squared distance of two boxes: no two of their signatures
// are closer.
func apart(a, b *node) float32 {
	s := float32(0)
	for j := range coarseDims {
		gap := larger(larger(a.min[j]-b.max[j], b.min[j]-a.max[j]), 0)
		s += gap * gap
	}
	return s / 2
}
