package sqlrow

import "iter"

// pageSize is how many records of a list are read at a time. Between two pages the
// body of the loop has the connection.
const pageSize = 200

// Paged lists up to limit records (0: all), page by page. The function reads up to n
// of those after one that was listed before, or from the start for nil.
func Paged[T any](limit int, page func(after *T, n int) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var last *T
		for left := limit; ; {
			n := pageSize
			if limit > 0 {
				n = min(n, left)
			}
			records, err := page(last, n)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for i := range records {
				if !yield(records[i], nil) {
					return
				}
			}
			left -= len(records)
			if len(records) < n || limit > 0 && left <= 0 {
				return
			}
			last = &records[len(records)-1]
		}
	}
}
