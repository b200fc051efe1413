cat <<< "hello world"; x=v; cat <<< $x; cat <<< "a b"
read a b <<< "1 2 3"; echo "$a|$b"
tr a-z A-Z <<< shout
while read l; do echo "[$l]"; done <<< $'one\ntwo'
echo $'tab\there' $'q\'q' $'\x41\102' $'\u00e4'
grep -c . <<< "$(seq 3)"
