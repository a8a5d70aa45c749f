"""Functions that Redshift has and this server does not have, by the guide's list that names them. Data only.

Held against https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FunctionFamily:
    """Functions that lack the same thing here.

    :param page: the guide's page that lists them, without ``.html``.
    :param names: the functions, in lower case.
    :param hint: what to do instead.
    """

    page: str
    names: frozenset[str]
    hint: str


def _family(page: str, names: str, hint: str) -> FunctionFamily:
    return FunctionFamily(page, frozenset(names.split()), hint)


_NO_SUPER = "This server has no SUPER values: keep JSON in VARCHAR and read it with JSON_EXTRACT_PATH_TEXT."
_NO_VARBYTE = "This server has no VARBYTE values: keep them as hexadecimal text in VARCHAR."
_NO_GEOMETRY = "This server has no GEOMETRY and GEOGRAPHY values: keep coordinates in columns of numbers."
_NO_HASH = "Hash with FNV_HASH, MD5 or SHA2, which are the same here."

FAMILIES = (
    _family("json-functions", "json_parse json_serialize json_serialize_to_varbyte", _NO_SUPER),
    _family(
        "c_Type_Info_Functions",
        "decimal_precision decimal_scale is_array is_bigint is_boolean is_char is_decimal is_float is_integer "
        "is_object is_scalar is_smallint is_varchar json_size json_typeof size",
        _NO_SUPER,
    ),
    _family(
        "c_Array_Functions",
        "array array_concat array_contains array_distinct array_except array_flatten array_intersection "
        "array_position array_positions array_sort array_union arrays_overlap get_array_length split_to_array subarray",
        _NO_SUPER,
    ),
    _family(
        "Object_Functions",
        "object object_transform get_number_attributes lower_attribute_names upper_attribute_names",
        _NO_SUPER,
    ),
    _family("varbyte-functions", "from_hex from_varbyte getbit to_varbyte", _NO_VARBYTE),
    _family(
        "hyperloglog-functions",
        "hll hll_create_sketch hll_cardinality hll_combine hll_combine_sketches",
        "Count with COUNT(DISTINCT x) or APPROXIMATE COUNT(DISTINCT x), which is exact here.",
    ),
    _family(
        "r_System_information_functions",
        "default_iam_role has_assumerole_privilege pg_get_grantee_by_iam_role pg_get_iam_role_by_user",
        "COPY and UNLOAD take any role here: none is the default one, and none is granted to users.",
    ),
    _family(
        "r_System_administration_functions",
        "change_query_priority change_session_priority change_user_priority reboot_cluster",
        "This server has one queue without priorities. Leave the call out.",
    ),
    _family(
        "t_rls_performance",
        "proc_is_rls_safe",
        "Row-level security is Redshift's only.",
    ),
    _family("ml-function", "explain_model", "This server trains no models."),
    _family("hash-functions", "farmfingerprint64 murmur3_32_hash", _NO_HASH),
    _family(
        "geospatial-functions",
        "addbbox dropbbox geometrytype supportsbbox h3_boundary h3_center h3_fromlonglat h3_frompoint h3_isvalid "
        "h3_polyfill h3_resolution h3_tochildren h3_toparent st_addpoint st_angle st_area st_asbinary st_asewkb "
        "st_asewkt st_asgeojson st_ashexewkb st_ashexwkb st_astext st_azimuth st_boundary st_buffer st_centroid "
        "st_collect st_contains st_containsproperly st_convexhull st_coveredby st_covers st_crosses st_dimension "
        "st_disjoint st_distance st_distancesphere st_dwithin st_endpoint st_envelope st_equals st_exteriorring "
        "st_force2d st_force3d st_force3dm st_force3dz st_force4d st_geogfromtext st_geogfromwkb st_geohash "
        "st_geometryn st_geometrytype st_geomfromewkb st_geomfromewkt st_geomfromgeohash st_geomfromgeojson "
        "st_geomfromgeosquare st_geomfromtext st_geomfromwkb st_geosquare st_interiorringn st_intersection "
        "st_intersects st_isclosed st_iscollection st_isempty st_ispolygonccw st_ispolygoncw st_isring st_issimple "
        "st_isvalid st_length st_length2d st_lengthsphere st_linefrommultipoint st_lineinterpolatepoint st_m "
        "st_makeenvelope st_makeline st_makepoint st_makepolygon st_memsize st_mmax st_mmin st_multi st_ndims "
        "st_npoints st_nrings st_numgeometries st_numinteriorrings st_numpoints st_perimeter st_perimeter2d st_point "
        "st_pointn st_points st_polygon st_removepoint st_reverse st_setpoint st_setsrid st_simplify st_srid "
        "st_startpoint st_touches st_transform st_union st_within st_x st_xmax st_xmin st_y st_ymax st_ymin st_z "
        "st_zmax st_zmin",
        _NO_GEOMETRY,
    ),
)

#: What to do instead, by function.
HINTS = {name: family.hint for family in FAMILIES for name in family.names}
