x='äöü日本語'; echo "$x" 
printf '%s|\n' 'é'
y=$(printf '\303\244'); echo "$y"; [ "$y" = ä ] && echo equal
printf '\377\376' | wc -c | tr -d ' '
z=$(printf '\377x'); printf '%s' "$z" | wc -c | tr -d ' '
