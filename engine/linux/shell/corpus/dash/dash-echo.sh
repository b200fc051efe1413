echo 'a\tb\nc'; echo -n x; echo; echo -e y; echo 'z\c'; echo next; echo '\0101'; echo "a\\\\b"
