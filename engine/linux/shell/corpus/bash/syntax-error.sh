echo before
echo same line; if true; then
echo x
done
echo after
