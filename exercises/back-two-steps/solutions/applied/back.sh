kubectl apply -f /srv/before/spring.yaml
kubectl rollout status deployment/timetable --timeout=60s
