package ehf

// SizeOf shows the estimate that Append makes of a document's length.
func SizeOf(d Document) int {
	t, err := d.Totals()
	if err != nil {
		return 0
	}
	return d.size(&t)
}
