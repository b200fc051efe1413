echo 'single $x `cmd` \n' "double \$x \`cmd\` \\ \"q\""
x=v; echo "$x"'$x'"${x}"'"'"'"
echo a\ b \$x \\ \' \" \a
echo "a'b" 'a"b' "a\b" 'a\b'
echo "" '' x"" ""x
echo "line1
line2"
echo a\
b
printf '%s\n' "a\\b" 'c\d'
echo "\z" "\\z" '\\z' "end\\"
echo "$(echo "a  b")" $(echo "a  b")
echo "a`echo b`c" "a$(echo 'x y')c"
