package ehf_test
import ("testing";"fmt";"github.com/timebok/timebok/invoice/ehf")
func TestZZ(t *testing.T){ 
 all:=documents(); for n,v:=range invoices(){all[n]=must(ehf.From(v))}
 for n,d:=range all { fmt.Println(n,len(must(ehf.Append(nil,d))),ehf.SizeOf(d)) }
 for _,k:=range []int{1,2,5,20,200} { d:=sessions(k); fmt.Println(k,len(must(ehf.Append(nil,d))),ehf.SizeOf(d)) } }
