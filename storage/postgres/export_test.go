package postgres

// Latest is the version of the schema that New wants.
func Latest() int { return latest() }

// WriteSQL returns the statements that write records.
func WriteSQL(d *Driver) (out []string) {
	for _, w := range writes {
		full := make([]any, len(w.table.Columns()))
		for i := range full {
			full[i] = "x" // whatever
		}
		insert, _ := w.inserts.Of(full)
		for _, sql := range []string{insert, w.update, w.remove, w.version} {
			out = append(out, d.sql(sql))
		}
	}
	return out
}
