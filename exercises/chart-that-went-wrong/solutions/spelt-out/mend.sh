helm upgrade board drydock/nginx --reset-values --set replicaCount=2 --set message="Summer times" --wait --timeout 1m
