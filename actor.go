package timebok

// An Actor is who does something. The library checks no password: the host has
// done so, and says here whom it found.
type Actor struct {
	User   string   // the host's key of the user, no name; the program's name for System
	Role   Role     // in which role
	Clinic ClinicID // at which clinic
}

// A Role is what an actor is in the clinic.
type Role string

const (
	PractitionerRole Role = "practitioner"
	Administrator    Role = "administrator"
	ClientRole       Role = "client" // the client, by a portal of the host
	System           Role = "system" // the feed, the relay, an import
)

// Check returns a *Refusal or *InvalidError if the actor may not act in a clinic
// at all. What an actor may do there is the host's to decide.
func (a Actor) Check(clinic ClinicID) error {
	var wrong Reasons
	require(&wrong, "Actor.User", a.User != "")
	switch a.Role {
	case PractitionerRole, Administrator, ClientRole, System:
	default:
		wrong.Add(BadValue, "Actor.Role")
	}
	if err := wrong.Invalid(); err != nil {
		return err
	}
	if a.Clinic != clinic {
		return Reasons{ActorElsewhere.At("Actor.Clinic")}.Refused()
	}
	return nil
}

// ActorElsewhere: an actor of one clinic can do nothing in another.
var ActorElsewhere = NewRule("actor.elsewhere",
	"brukeren hører til en annen klinikk", "brukaren høyrer til ein annan klinikk",
	"the user belongs to another clinic")
