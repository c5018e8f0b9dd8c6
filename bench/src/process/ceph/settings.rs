//! What the daemons of Ceph read: their settings and their keys.
//!
//! <https://docs.ceph.com/en/pacific/rados/configuration/>

use std::net::SocketAddr;

/// The cluster's name.
pub(super) const CLUSTER: &str = "5f1c7a52-6c3e-4d0f-9a51-0d9d8f6b7c11";
/// The OSD's name.
pub(super) const OSD: &str = "8d2b1f64-1f0e-4c8b-b8f3-6e5a4c3b2a10";
/// What all of them prove to each other that they know: sixteen bytes behind their kind, time and
/// length. It guards nothing but a measurement on this machine.
const KEY: &str = "AQAA8VNlAAAAABAAaGFsbHBhc3MgYmVuY2ggMQ==";
/// Bytes of the sparse file that is BlueStore's disk.
const DISK_BYTES: u64 = 32 << 30;

/// The keys of the monitor, the OSD, and of the gateway and those who command.
pub(super) fn keyring() -> String {
    ["mon.", "osd.0", "client.admin"]
        .map(|name| {
            format!("[{name}]\nkey = {KEY}\ncaps mon = \"allow *\"\ncaps osd = \"allow *\"\n")
        })
        .concat()
}

/// The monitor's address in Ceph's spelling.
pub(super) fn monitor_address(address: SocketAddr) -> String {
    format!("[v2:{address}/0]")
}

/// The gateway's web server, which by itself waits for more to send, and closes a connection that
/// waited a minute for its turn.
/// <https://docs.ceph.com/en/pacific/radosgw/frontends/#beast>
pub(super) fn front(address: SocketAddr) -> String {
    format!("beast endpoint={address} tcp_nodelay=1 request_timeout_ms=0")
}

/// Settings under which all files lie in `folder`, there is one copy of everything, and a virtual
/// disk counts as what it is made of: Linux calls it a turning one.
pub(super) fn settings(folder: &str, monitor: SocketAddr) -> String {
    let monitor = monitor_address(monitor);
    format!(
        "[global]\n\
         fsid = {CLUSTER}\n\
         mon_host = {monitor}\n\
         public_addr = 127.0.0.1\n\
         cluster_addr = 127.0.0.1\n\
         ms_bind_msgr1 = false\n\
         keyring = \"{folder}/keyring\"\n\
         mon_data = \"{folder}/mon\"\n\
         osd_data = \"{folder}/osd\"\n\
         rgw_data = \"{folder}/rgw\"\n\
         run_dir = \"{folder}\"\n\
         crash_dir = \"{folder}\"\n\
         log_file = \"{folder}/$name.log\"\n\
         mon_cluster_log_file = \"{folder}/cluster.log\"\n\
         admin_socket =\n\
         pid_file =\n\
         mon_allow_pool_size_one = true\n\
         mon_data_avail_crit = 1\n\
         paxos_propose_interval = 0.1\n\
         osd_pool_default_size = 1\n\
         osd_pool_default_min_size = 1\n\
         osd_pool_default_pg_num = 8\n\
         osd_pool_default_pgp_num = 8\n\
         osd_crush_chooseleaf_type = 0\n\
         osd_objectstore = bluestore\n\
         osd_op_num_shards = 8\n\
         osd_op_num_threads_per_shard = 2\n\
         bluestore_debug_enforce_settings = ssd\n\
         bluestore_block_size = {DISK_BYTES}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_name_the_monitor_and_stay_in_the_folder() {
        let text = settings("/some where", ([127, 0, 0, 1], 3300).into());
        assert!(text.contains("mon_host = [v2:127.0.0.1:3300/0]\n"), "{text}");
        assert!(text.contains("osd_data = \"/some where/osd\"\n"), "{text}");
        for path in text.split(['"', ' ', '=']).filter(|word| word.starts_with('/')) {
            assert!(path.starts_with("/some"), "{path}");
        }
    }
}
