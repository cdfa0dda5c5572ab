package insurance

import (
	"fmt"
	"strings"

	"github.com/rickb777/date"
	"github.com/timebok/timebok/series"
)

func dayText(d *date.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}

func capsText(caps []series.Cap) string {
	parts := make([]string, len(caps))
	for i, c := range caps {
		parts[i] = fmt.Sprintf("%d", c.Sessions)
		if c.Unit == series.CapAmount {
			parts[i] = c.Amount.String() + " kr"
		}
		if c.Treatment != "" {
			parts[i] += " " + c.Treatment
		}
	}
	return strings.Join(parts, ", ")
}

func shareText(s series.Share) string {
	if s.Percent != 0 {
		return fmt.Sprintf("%d.%02d %%", s.Percent/100, s.Percent%100)
	}
	if s.Fixed.IsZero() {
		return ""
	}
	return s.Fixed.String() + " kr"
}
