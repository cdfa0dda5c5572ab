package sqlrow

import (
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// SeriesTable holds the series. What binds one now (payer_id to valid_to) is
// derived from its approvals and overrides.
var SeriesTable = table("series", []column[series.Series]{
	key(func(s *series.Series) *series.ID { return &s.ID }),
	version(func(s *series.Series) *int64 { return &s.Version }),
	ref("client_id", func(s *series.Series) *timebok.ClientID { return &s.Client }),
	text("kind", func(s *series.Series) *series.Kind { return &s.Kind }),
	text("name", func(s *series.Series) *string { return &s.Name }),
	text("case_network", func(s *series.Series) *timebok.Network { return &s.Case.Network }),
	text("case_number", func(s *series.Series) *string { return &s.Case.Number }),
	ref("party_id", func(s *series.Series) *timebok.BillingPartyID { return &s.Party }),
	flag("no_show_counts", func(s *series.Series) *bool { return &s.Policy.NoShowCounts }),
	flag("late_cancel_counts", func(s *series.Series) *bool { return &s.Policy.LateCancelCounts }),
	micros("notice", func(s *series.Series) *time.Duration { return &s.Policy.Notice }),
	number("notice_days", func(s *series.Series) *int { return &s.Policy.NoticeDays }),
	instant("fetched_at", func(s *series.Series) *time.Time { return &s.FetchedAt }),
	moment("opened_at", func(s *series.Series) *time.Time { return &s.OpenedAt }),
	instant("closed_at", func(s *series.Series) *time.Time { return &s.ClosedAt }),
	mapped("approvals", func(s *series.Series) *[]series.Approval { return &s.Approvals }, putApproval, approvalText.get),
	mapped("overrides", func(s *series.Series) *[]series.Override { return &s.Overrides }, putOverride, overrideText.get),
	mapped("adjustments", func(s *series.Series) *[]series.Adjustment { return &s.Adjustments }, putAdjustment, adjustmentText.get),

	derived("payer_id", func(d Dialect, s *series.Series) any { return putID(d, s.Terms().Billing.To.Payer.UUID()) }),
	derived("valid_from", func(d Dialect, s *series.Series) any { return putDay(d, s.Terms().ValidFrom) }),
	derived("valid_to", func(d Dialect, s *series.Series) any { return putDay(d, s.Terms().ValidTo) }),
})
