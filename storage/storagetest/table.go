package storagetest

// The three functions below only save the table of the contract from repeating
// itself.

func of(group string, sentences ...[]test) (out []test) {
	for _, clauses := range sentences {
		for _, c := range clauses {
			c.Group = group
			out = append(out, c)
		}
	}
	return out
}

func clause(sentence string, tests ...test) []test {
	for i := range tests {
		tests[i].Sentence = sentence
	}
	return tests
}

func check(name string, test func(*env)) test { return test{Name: name, Test: test} }
