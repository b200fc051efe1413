kubectl delete deployment timetable
kubectl apply -f /srv/before/spring.yaml
sleep 10
