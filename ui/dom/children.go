package dom

import (
	"slices"

	"github.com/vugu/vugu"
)

// children brings the children of p in line with want. Nodes at both ends that
// agree are left where they are; what is between is matched by identity.
func (t *Tree) children(p *node, want []*vugu.VGNode) {
	head, tail := agree(p.kids, want)
	if head == len(p.kids) && head == len(want) {
		for i, w := range want {
			t.update(p.kids[i], w)
		}
		return
	}
	kids := make([]*node, len(want))
	copy(kids, p.kids[:head])
	copy(kids[len(kids)-tail:], p.kids[len(p.kids)-tail:])
	settled := t.match(p.kids[head:len(p.kids)-tail], want[head:len(want)-tail], kids[head:])
	p.kids = kids

	var after uint32
	for i, w := range want {
		switch middle := i - head; {
		case kids[i] == nil:
			kids[i] = t.create(p, after, w)
		case middle >= 0 && middle < len(settled) && !settled[middle]:
			t.out.place(opMove, p.id, after, kids[i].id)
		}
		t.update(kids[i], w)
		after = kids[i].id
	}
}

// agree counts the nodes with the same identities at the beginning and, among
// the others, at the end.
func agree(old []*node, want []*vugu.VGNode) (head, tail int) {
	n := min(len(old), len(want))
	for head < n && old[head].identity == identify(want[head]) {
		head++
	}
	for head+tail < n && old[len(old)-1-tail].identity == identify(want[len(want)-1-tail]) {
		tail++
	}
	return head, tail
}

// match puts into kids the old node for each wanted one, nil where there is
// none, and removes the others. It reports which kids need not be moved: the
// longest run of them that is in the old order.
func (t *Tree) match(old []*node, want []*vugu.VGNode, kids []*node) (settled []bool) {
	places := map[identity][]int{}
	for i, n := range old {
		places[n.identity] = append(places[n.identity], i)
	}
	from := make([]int, len(want))
	kept := make([]bool, len(old))
	for i, w := range want {
		from[i] = -1
		id := identify(w)
		if free := places[id]; len(free) > 0 {
			from[i], places[id] = free[0], free[1:]
			kids[i], kept[free[0]] = old[free[0]], true
		}
	}
	for i, n := range old {
		if !kept[i] {
			t.out.on(opRemove, n.id)
			t.forget(old[i : i+1])
		}
	}
	return increasing(from)
}

// increasing marks a longest strictly increasing subsequence of the numbers
// that are not negative (patience sorting, n log n).
func increasing(numbers []int) []bool {
	marked := make([]bool, len(numbers))
	before := make([]int, len(numbers)) // the element before each in its subsequence
	var ends []int                      // ends[k]: where the best subsequence of k+1 numbers ends
	for i, v := range numbers {
		if v < 0 {
			continue
		}
		k, _ := slices.BinarySearchFunc(ends, v, func(end, v int) int { return numbers[end] - v })
		before[i] = -1
		if k > 0 {
			before[i] = ends[k-1]
		}
		if k == len(ends) {
			ends = append(ends, i)
		} else {
			ends[k] = i
		}
	}
	if len(ends) == 0 {
		return marked
	}
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		marked[i] = true
	}
	return marked
}
