"""What a program with Kubernetes' Python client does first: list, create, patch, watch, delete."""

import sys

from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException

config.load_kube_config(sys.argv[1])
core = client.CoreV1Api()
apps = client.AppsV1Api()

print("version", client.VersionApi().get_code().git_version)
print("namespaces", sorted(one.metadata.name for one in core.list_namespace().items))

core.create_namespaced_config_map(
    "default", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="py"), data={"a": "1"})
)
for event in watch.Watch().stream(
    core.list_namespaced_config_map,
    "default",
    field_selector="metadata.name=py",
    timeout_seconds=20,
):
    value = event["object"].data["a"]
    print("event", event["type"], value)
    if event["type"] == "ADDED":
        core.patch_namespaced_config_map("py", "default", {"data": {"a": "2"}})
    elif event["type"] == "MODIFIED":
        core.delete_namespaced_config_map("py", "default")
    else:
        break

container = client.V1Container(name="web", image="web:1")
labels = {"app": "py"}
apps.create_namespaced_deployment(
    "default",
    client.V1Deployment(
        metadata=client.V1ObjectMeta(name="py"),
        spec=client.V1DeploymentSpec(
            replicas=2,
            selector=client.V1LabelSelector(match_labels=labels),
            template=client.V1PodTemplateSpec(
                metadata=client.V1ObjectMeta(labels=labels),
                spec=client.V1PodSpec(containers=[container]),
            ),
        ),
    ),
)
apps.patch_namespaced_deployment_scale("py", "default", {"spec": {"replicas": 5}})
print("replicas", apps.read_namespaced_deployment("py", "default").spec.replicas)
apps.delete_namespaced_deployment("py", "default")
try:
    core.read_namespaced_pod("nosuch", "default")
except ApiException as refusal:
    print("refused", refusal.status, refusal.reason)
