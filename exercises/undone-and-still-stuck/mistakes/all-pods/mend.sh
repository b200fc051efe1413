kubectl delete pods -l app=moorings
sleep 20
