package ehf

// SizeOf shows the estimate that Append makes of a document's length.
func SizeOf(d Document) int { return d.size() }
