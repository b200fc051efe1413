kubectl taint node node-2 paint-
sleep 8
