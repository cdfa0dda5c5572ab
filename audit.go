package timebok

import "time"

// An AuditEntry records that somebody did or saw something (pasientjournalloven
// § 22). It is saved in the transaction of what it records. It holds IDs and
// codes only: free text about a person would survive the person's erasure.
type AuditEntry struct {
	ID     ID[AuditEntry]
	At     time.Time
	By     Actor
	Action string   // "booking.move", "client.read"
	On     Ref      // the record, at the version it had afterwards
	Client ClientID // whom it is about; zero if nobody
	Codes  []string // rules overridden, reasons given
}

// Ref names the entry; entries are never changed.
func (e AuditEntry) Ref() Ref { return Ref{KindAudit, e.ID.UUID(), 1} }

// Audit returns the entry that by did action on the record now.
func Audit(s Source, by Actor, action string, on Record, client ClientID, codes ...string) AuditEntry {
	return AuditEntry{
		ID: New[AuditEntry](s), At: s.Time(), By: by,
		Action: action, On: on.Ref(), Client: client, Codes: codes,
	}
}
