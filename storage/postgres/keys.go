package postgres

import (
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

const (
	dropKeys = "DELETE FROM {}network_key WHERE clinic_id = $1 AND kind = $2 AND id = $3"
	addKeys  = `INSERT INTO {}network_key (clinic_id, kind, id, network, name)
		SELECT $1, $2, $3, network, name FROM unnest($4::text[], $5::text[]) AS k (network, name) ON CONFLICT DO NOTHING`
)

// writeKeys keeps network_key, by which practitioners and services are found by
// what the networks call them.
func (t *tx) writeKeys(c sqlrow.Change, gone bool) (calls []call) {
	var keys []timebok.NetworkKey
	ref := c.Record.Ref()
	switch r := c.Record.(type) {
	case timebok.Practitioner:
		keys = r.Keys
	case timebok.Service:
		keys = r.Keys
	case timebok.Deletion:
		if ref.Kind != timebok.KindPractitioner && ref.Kind != timebok.KindService {
			return nil
		}
	default:
		return nil
	}
	if c.Base > 0 || gone {
		calls = append(calls, call{sql: dropKeys, args: []any{t.clinic, string(ref.Kind), pgUUID(ref.ID)}})
	}
	if len(keys) == 0 {
		return calls
	}
	networks, names := make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		networks[i], names[i] = string(k.Network), k.Key
	}
	return append(calls, call{sql: addKeys, args: []any{t.clinic, string(ref.Kind), pgUUID(ref.ID), networks, names}})
}
