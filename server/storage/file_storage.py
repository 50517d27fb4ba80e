"""The file storage of this installation, out of its settings, and the secret that signs its own links."""

from urllib.parse import urlsplit

from adapters.files import Files, LocalFiles
from server.edge.forms import Spool
from server.kept_secrets import kept_secret
from server.settings import Settings

LINK_SECONDS = 15 * 60
_PATIENCE_SECONDS = 10


def file_storage(settings: Settings) -> Files:
    """Return the storage that the settings name: a bucket, or a directory beside the other data."""
    if not settings.files_url:
        return LocalFiles(
            settings.data_directory / "files",
            url=f"{settings.public_url}/files",
            secret=kept_secret(settings.data_directory / "files.secret"),
            link_seconds=LINK_SECONDS,
        )
    from adapters.s3_files import Bucket, S3Files  # only here, for the memory that its client takes

    place = urlsplit(settings.files_url)
    bucket = Bucket(
        name=place.netloc,
        prefix=place.path.strip("/"),
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key,
    )
    return S3Files(bucket, link_seconds=LINK_SECONDS, patience_seconds=_PATIENCE_SECONDS)


def spool_of(settings: Settings) -> Spool:
    """Return where files arrive: on the same file system as the directory they may be moved to."""
    return Spool(settings.data_directory / "spool", settings.attachment_limit_bytes, settings.upload_timeout_seconds)
