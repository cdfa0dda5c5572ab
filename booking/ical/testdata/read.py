# Reads iCalendar objects with python3-icalendar, a parser that is not ours, and
# writes what it understood, one JSON object a line.
import json
import sys
from zoneinfo import ZoneInfo

import icalendar

for path in sys.argv[1:]:
    with open(path, "rb") as f:
        cal = icalendar.Calendar.from_ical(f.read())
    events = cal.walk("VEVENT")
    assert len(events) == 1, path
    e = events[0]
    attendee = e["ATTENDEE"]
    oslo = ZoneInfo("Europe/Oslo")
    print(json.dumps({
        "Method": str(cal["METHOD"]),
        "UID": str(e["UID"]),
        "Sequence": int(e["SEQUENCE"]),
        "Stamp": e["DTSTAMP"].dt.isoformat(),
        "Start": e["DTSTART"].dt.isoformat(),
        "End": e["DTEND"].dt.isoformat(),
        "Wall": e["DTSTART"].dt.astimezone(oslo).isoformat() + "/" + e["DTEND"].dt.astimezone(oslo).isoformat(),
        "Summary": str(e["SUMMARY"]),
        "Location": str(e.get("LOCATION", "")),
        "Status": str(e["STATUS"]),
        "Organizer": str(e["ORGANIZER"]),
        "Attendee": str(attendee),
        "Partstat": attendee.params.get("PARTSTAT", ""),
        "Properties": sorted(e.keys()),
        "Errors": [str(x) for x in e.errors],
    }))
