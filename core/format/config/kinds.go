package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"taster/core"
	"taster/core/jsonwalk"
)

// kindOf says what a string under key is for loaders, given where it stands.
func kindOf(outer *place, key string) string {
	switch {
	case outer.kind == core.TextChatTemplate && key == "name":
		return "" // [{"name": "tool_use", "template": "..."}]
	case outer.kind != "" && outer.kind != kindDotted:
		return outer.kind
	case key == "auto_map":
		return core.TextAutoMap // transformers
	case key == "impl" && outer.parent != nil && outer.parent.key == "custom_pipelines":
		return core.TextAutoMap // transformers, too: {"custom_pipelines": {"task": {"impl": "module.Class"}}}
	case strings.HasSuffix(key, "chat_template") || strings.HasSuffix(key, "chat_templates"):
		return core.TextChatTemplate
	case key == "_target_" || key == "__target__" || key == "_component_" || key == "class_path":
		return core.TextTarget // Hydra, torchtune, Lightning
	case key == "parent_library" && outer.parent != nil && outer.key == "auto_mapping":
		return core.TextTarget // PEFT imports it
	case key == "target":
		return kindDotted // latent diffusion, and many things that are no code
	}
	return ""
}

// usedBy are keys under which the id of another model stands.
var usedBy = []string{"_name_or_path", "name_or_path", "base_model_name_or_path", "base_model", "pretrained_model_name_or_path", "model_name_or_path", "tokenizer_name_or_path",
	"draft_model", "teacher_model", "reward_model"}

// maxTokens is how many added tokens of a tokenizer are kept.
const maxTokens = 2000

// addedToken says whether p is in an object that describes a token which was
// added to a vocabulary: in the list added_tokens, or below its number in
// added_tokens_decoder.
func (p *place) addedToken() bool {
	outer := p.parent
	if outer == nil || p.index >= 0 {
		return false
	}
	if outer.index >= 0 {
		return outer.parent != nil && outer.parent.key == "added_tokens"
	}
	return outer.parent != nil && outer.parent.key == "added_tokens_decoder"
}

// isUsualMarker says whether a token is white space, or ASCII in angle or square
// brackets without a space, as tokenizers have them by the thousand.
func isUsualMarker(s string) bool {
	if strings.TrimSpace(s) == "" {
		return true
	}
	bracketed := s[0] == '<' && s[len(s)-1] == '>' || s[0] == '[' && s[len(s)-1] == ']'
	return bracketed && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}

// clipToken bounds what is kept of a token.
func clipToken(s string) string {
	const most = 2000
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}

// kindDotted is of a string that is a target only if it has the form of one.
const kindDotted = "dotted"

// isDotted says whether s has the form "package.module.name".
func isDotted(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts {
		if p == "" || p[0] >= '0' && p[0] <= '9' || strings.IndexFunc(p, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) >= 0 {
			return false
		}
	}
	return len(parts) > 1
}

// describe names the document by the keys of its outermost object.
func describe(top map[string]jsonwalk.Kind) string {
	has := func(key string) bool { return top[key] != jsonwalk.Invalid }
	switch {
	case isKeras(top):
		return "Keras model"
	case has("added_tokens") && has("model"):
		return "tokenizer"
	case has("peft_type"):
		return "adapter configuration"
	case has("tokenizer_class"), has("chat_template"):
		return "tokenizer configuration"
	case has("model_type"), has("architectures"), has("auto_map"):
		return "model configuration"
	case has("weight_map"):
		return "index of weight files"
	case has("_class_name") && has("_diffusers_version"):
		return "pipeline or module of diffusers"
	case has("bos_token_id"), has("eos_token_id"), has("max_new_tokens"):
		return "generation configuration"
	}
	return ""
}

// isKnown says whether key, outermost, is one of a configuration.
func isKnown(key string) bool {
	kind := kindOf(&place{}, key)
	return slices.Contains(configKeys, key) || kind != "" && kind != kindDotted
}

var configKeys = []string{"added_tokens", "peft_type", "tokenizer_class", "model_type", "architectures", "weight_map", "_class_name", "_diffusers_version",
	"bos_token_id", "eos_token_id", "max_new_tokens", "transformers_version", "processor_class", "feature_extractor_type", "image_processor_type",
	"_name_or_path", "class_name"}

// isKeras recognises what keras.saving reads: an object that names its class
// and its config.
func isKeras(top map[string]jsonwalk.Kind) bool {
	return top["class_name"] == jsonwalk.String && top["config"] != jsonwalk.Invalid
}

const differ = "Readers differ in which of two equal keys they keep, so what was reviewed need not be what is loaded."

var (
	ruleDuplicate = core.Rule{ID: "JSON-DUPLICATE", Title: "A key stands twice", Severity: core.Low,
		Matters: differ,
		Benign:  "A file edited by hand.",
		Do:      "Look at both values, and ask the publisher which one is meant.",
		Refs:    []string{"LLM03:2025", "CWE-694"}}
	ruleDuplicateCode = core.Rule{ID: "JSON-DUPLICATE-CODE", Title: "A key that names code or a template stands twice", Severity: core.Medium,
		Matters: differ + " This key decides what is run.",
		Benign:  "A file edited by hand.",
		Do:      "Do not load the model before both values were reviewed; ask the publisher which one is meant.",
		Refs:    []string{"AML.T0018.002", "AML.T0011.000", "LLM03:2025", "CWE-694"}}
	ruleLimit = core.Rule{ID: "JSON-LIMIT", Title: "A text was not looked at", Severity: core.Medium,
		Matters: "It is of a kind that loaders run or render, and it was not assessed.",
		Benign:  "A template or a model description that is far larger than usual.",
		Do:      "Read the text at the place shown, and find out why it is that large.",
		Refs:    []string{"AML.T0011.000", "LLM03:2025", "CWE-400"}}
)

// duplicate reports that key k at p is not the first of its kind.
func (r *reader) duplicate(p *place, k jsonwalk.Key) error {
	rule := &ruleDuplicate
	switch k.Value {
	case "class_name", "module", "registered_name", "config", "function":
		rule = &ruleDuplicateCode
	}
	if p.kind != "" {
		rule = &ruleDuplicateCode
	}
	return r.tally.Report(rule, k.Offset, fmt.Sprintf("Key %.80q stands twice", p.String()),
		fmt.Sprintf("It stands at byte %d and again here.", k.First))
}
