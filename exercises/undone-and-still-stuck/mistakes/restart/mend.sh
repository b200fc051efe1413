kubectl rollout restart statefulset/moorings
sleep 20
