package postgres

// Latest is the version of the schema that New wants.
func Latest() int { return latest() }

// WriteSQL returns the statements that write records.
func WriteSQL(d *Driver) (out []string) {
	for _, w := range writes {
		for _, sql := range []string{w.insert, w.update, w.remove, w.version} {
			out = append(out, d.sql(sql))
		}
	}
	return out
}
