package documentrules

import (
	"context"
	"regexp"

	"taster/core/documents"
)

// recipeM2 is a widely copied expression against injected instructions, for
// comparison: it is matched to the whole text, without any of our layers.
const recipeM2 = `(?i)(ignore|disregard|forget|override|bypass)\s+(all\s+|any\s+|the\s+)?(previous|prior|above|earlier|preceding|system)\s+(instructions?|prompts?|rules?|directions?|guidelines?)|system\s*prompt|you are now|new instructions?:`

// compare counts the documents that the recipe names.
func compare(ctx context.Context, s *documents.Set) (int, error) {
	re, n := regexp.MustCompile(recipeM2), 0
	err := s.Each(ctx, func(d *documents.Document) error {
		if re.MatchString(d.Text) {
			n++
		}
		return ctx.Err()
	})
	return n, err
}
